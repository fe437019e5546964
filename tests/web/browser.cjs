// The pages as people use them.
//   browser.cjs URL FOLDER_FOR_PICTURES LETHE
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");

const auditor = require("./auditor.cjs");
const door = require("./door.cjs");

const [url, shots, lethe] = process.argv.slice(2);
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const phone = { width: 360, height: 740 };
const desktop = { width: 1280, height: 900 };
const ways = [["desktop", desktop, "light"], ["phone", phone, "dark"],
	["phone", phone, "light"], ["desktop", desktop, "dark"]];
let passed = 0, failed = 0;

function holds(what, truth, more) {
	if (truth) {
		passed++;
		return;
	}
	failed++;
	console.log(`web: ${what}${more ? ": " + more : ""}`);
}

async function signIn(page, user) {
	await page.goto(url + "/sign-in");
	await page.fill("#user", user);
	await page.fill("#password", "water");
	if (user.endsWith("2"))
		await page.fill("#code", "424242");
	await page.press("#password", "Enter");
	await page.waitForURL(url + "/");
}

async function language(page, code) {
	await page.click(`footer button[value=${code}]`);
	await page.waitForSelector(`html[lang=${code}]`);
}

async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
			"best-practice"],
	}));
	return found.violations.map((v) =>
		`${v.id} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3)})`);
}

// No page scrolls sideways, and every link and button can be hit.
async function looks(page, name) {
	const wide = await page.evaluate(() =>
		document.documentElement.scrollWidth - window.innerWidth);
	holds(`${name} is not wider than the screen`, wide <= 0, wide);
	await page.screenshot({ path: path.join(shots, name + ".png"),
		fullPage: true });
}

async function every(browser, pages) {
	for (const [width, viewport, colorScheme] of ways) {
		const context = await browser.newContext({ viewport, colorScheme,
			bypassCSP: true });
		const page = await context.newPage();
		for (const code of ["en", "ja", "de"]) {
			await context.clearCookies();
			await page.goto(url + "/sign-in");
			await language(page, code);
			const name = (p) => `${p}-${code}-${width}-${colorScheme}`;
			let found = await violations(page);
			holds(name("sign-in"), found.length === 0, found.join("; "));
			await looks(page, name("sign-in"));
			await signIn(page, "vera");
			for (const [title, where] of pages) {
				const a = await page.goto(url + where);
				holds(`${title} is there`,
					a.status() === (title === "problem" ? 404 : 200));
				holds(`${title} speaks ${code}`,
					await page.getAttribute("html", "lang") === code);
				await page.evaluate(() => document.querySelectorAll(
					"details").forEach((d) => { d.open = true; }));
				found = await violations(page);
				holds(name(title), found.length === 0, found.join("; "));
				await looks(page, name(title));
			}
		}
		await context.close();
	}
}

// From the desk to a refusal that another one approves, by keyboard, with the
// policy on: nothing may be blocked by it.
async function journey(browser) {
	const context = await browser.newContext({ viewport: desktop,
		javaScriptEnabled: false });
	const page = await context.newPage();
	const said = [];
	let bytes = 0;
	// The wrong password is said, too.
	page.on("console", (m) => m.text().includes("401") || said.push(m.text()));
	page.on("pageerror", (e) => said.push(String(e)));
	page.on("response", async (r) => {
		bytes += (await r.body().catch(() => "")).length;
	});
	await page.goto(url + "/");
	holds("led to the form", page.url() === url + "/sign-in");
	await page.fill("#user", "ophelia");
	await page.fill("#password", "wrong");
	await page.press("#password", "Enter");
	await page.waitForSelector("[role=alert]");
	holds("the name stays", await page.inputValue("#user") === "ophelia");
	await signIn(page, "ophelia");
	holds("60 kB at most", bytes / 3 < 60 * 1024, bytes);
	await page.keyboard.press("Tab");
	holds("the first stop skips to the content", await page.locator(
		":focus").getAttribute("href") === "#main");
	await page.click("#overdue ~ table a >> nth=0");
	const at = page.url();
	await page.selectOption("#method", "in_person");
	await page.click("form[action$='/verify'] button");
	await page.waitForSelector("#decide-note");
	holds("back on the page", page.url() === at);
	await page.click("details:has(form[action$='/refuse']) summary");
	await page.selectOption("#refuse-reason", "excessive_abusive");
	await page.fill("#refuse-authority", "PPC, Tokyo");
	await page.fill("#refuse-note", "Because it is the tenth this week.");
	await page.click("form[action$='/refuse'] button");
	await page.waitForSelector("#decision ~ dl");
	holds("nothing to approve for who decided",
		await page.locator("form[action$='/approve']").count() === 0);
	await page.click("header form[action='/sign-out'] button");
	await signIn(page, "anton");
	await page.click("#approval ~ table a >> nth=0");
	await page.click("form[action$='/approve'] button");
	holds("refused", await page.locator(".timeline li").last().textContent()
		.then((t) => t.includes("Refused")));
	await page.goto(url + "/");
	await page.click("#plans ~ ul a >> nth=0");
	await page.click("form[action$='/approve'] button");
	holds("approved by anton", (await page.textContent("#approvals ~ ul"))
		.includes("user:anton"));
	holds("nothing was blocked", said.length === 0, said.join("; "));
	await page.pdf({ path: path.join(shots, "plan.pdf") });
	await context.close();
}

// An erasure by four eyes: looked at, planned, decided; not by the same person
// approved; carried out; gone.
async function erasure(browser, where) {
	const context = await browser.newContext({ viewport: phone,
		javaScriptEnabled: false });
	const page = await context.newPage();
	await signIn(page, "ada2");
	await page.goto(url + where);
	const who = await page.locator("#who ~ dl dd").first().textContent();
	await page.selectOption("#method", "call_back");
	await page.click("form[action$='/verify'] button");
	await page.click(".parts a[href$='/data']");
	const data = await page.textContent("main");
	holds("the person's records", data.includes(who) &&
		!data.includes("C0000001"));
	await page.click(".crumb a");
	await page.click(".next a");
	holds("to the plan", page.url().endsWith("/erasure"));
	await page.click("form[action$='/erasure/plan'] button");
	await page.waitForSelector("table.rows");
	const kept = await page.locator("#stays ~ table tbody tr, " +
		"#kept ~ table tbody tr").count();
	await page.click(".crumb a");
	await page.selectOption("#outcome", kept ? "fulfil_partly" : "fulfil");
	if (kept)
		await page.selectOption("#decide-reason", "legal_obligation");
	await page.fill("#decide-note", "What the law lets us erase is erased.");
	await page.click("form[action$='/decide'] button");
	holds("decided", !(await page.locator("[role=alert]").count()));
	// An approver, too, but not of what was decided by the same.
	holds("not by the same person", await page.locator(
		"form[action$='/approve']").count() === 0);
	await page.click("header form[action='/sign-out'] button");
	await signIn(page, "anton");
	await page.goto(url + where);
	holds("nothing to carry out yet", await page.locator(
		"form[action$='/execute']").count() === 0);
	await page.click("form[action$='/approve'] button");
	await page.click("header form[action='/sign-out'] button");
	await signIn(page, "ophelia");
	await page.goto(url + where);
	await page.click(".next a");
	await page.click("form[action$='/erasure/execute'] button");
	holds("erased, with a certificate", await page.locator(
		"a[href^='/certificates/']").count() > 0);
	await page.goto(url + where + "/letter");
	holds("the letter says it", (await page.inputValue("#text"))
		.startsWith("Subject:"));
	await page.click("button[value=keep]");
	holds("it is with the case", await page.locator(".letter").count() === 1,
		await page.textContent("main"));
	await context.close();
}

async function main() {
	const browser = await chromium.launch({ executablePath,
		args: ["--no-sandbox"] });
	// A machine that is busy with something else is no fault of the pages.
	const context_of = browser.newContext.bind(browser);
	browser.newContext = async (options) => {
		const made = await context_of(options);
		made.setDefaultTimeout(120000);
		return made;
	};
	const context = await browser.newContext({ bypassCSP: true });
	const page = await context.newPage();
	await signIn(page, "vera");
	await page.goto(url + "/requests?standing=overdue");
	const one = await page.getAttribute("table a", "href");
	await page.goto(url + "/plans");
	const plan = await page.getAttribute("table a", "href");
	await page.goto(url + "/forecast");
	await page.click("form[action='/forecast'] button");
	await page.waitForSelector("svg.chart");
	await page.goto(url + "/requests?type=erasure");
	const erasing = await page.getAttribute("table a", "href");
	await context.close();
	await every(browser, [["desk", "/"], ["requests", "/requests"],
		["none", "/requests?state=duplicate"], ["request", one],
		["letter", one + "/letter"], ["erasure", erasing + "/erasure"],
		["holds", "/holds"], ["plans", "/plans"], ["plan", plan], ["rules", "/rules"], ["forecast", "/forecast"],
		["audit", "/audit"], ["verification", "/verification"],
		["statement", "/statement"], ["looks", "/looks"], ["session", "/session"],
		["sign-ins", "/sign-ins"], ["password", "/password"],
		["device", "/device"],
		["problem", "/nothing/here"]]);
	await journey(browser);
	await door({ url, shots, lethe, desktop, ways, holds, language,
		violations, looks })(browser);
	await erasure(browser, erasing);
	await auditor({ url, lethe, holds, phone, signIn,
		folder: path.dirname(shots) })(browser);
	await browser.close();
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}

main().catch((e) => {
	console.log(e);
	console.log(`${passed} passed, ${failed + 1} failed`);
	process.exit(1);
});
