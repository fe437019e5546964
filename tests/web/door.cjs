// The customers' door as people use it: a request from its first word to the
// file with the data, and each of its pages on every screen.
const fs = require("fs");
const path = require("path");
const { execFileSync } = require("child_process");

const languages = ["en", "ja", "de"];

// The code that comes to ${mail} within half a minute.
async function codeIn(folder, known, mail) {
	for (let i = 0; i < 150; i++) {
		const all = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
		for (const name of all.filter((n) => !known.has(n))) {
			const text = fs.readFileSync(path.join(folder, name), "utf8");
			const code = text.match(/\b\d{8}\b(?!-)/g);
			if (name.endsWith(".eml") && text.includes(mail) && code)
				return code[code.length - 1];
		}
		await new Promise((r) => setTimeout(r, 200));
	}
	return "";
}

// Everything that is in the archive, as one text.
function unpacked(zip, folder) {
	execFileSync("python3", ["-m", "zipfile", "-e", zip, folder]);
	return fs.readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((f) => f.isFile())
		.map((f) => fs.readFileSync(path.join(f.parentPath || f.path,
			f.name), "utf8")).join("\n");
}

const customers = (text) =>
	[...new Set(text.match(/C\d{7}|[\w.+-]+@example\.com/g))].sort();

module.exports = function door(t) {
	const lethe = (...words) =>
		execFileSync(t.lethe, ["--json", ...words]).toString();

	async function seen(page, title) {
		for (const code of languages) {
			await t.language(page, code);
			await page.evaluate(() => document.querySelectorAll("details")
				.forEach((d) => { d.open = true; }));
			for (const [width, viewport, colorScheme] of t.ways) {
				await page.setViewportSize(viewport);
				await page.emulateMedia({ colorScheme });
				const name = `${title}-${code}-${width}-${colorScheme}`;
				const found = await t.violations(page);
				t.holds(name, found.length === 0, found.join("; "));
				await t.looks(page, name);
			}
		}
		await page.emulateMedia({ colorScheme: "light" });
	}

	async function files(page, mail) {
		await page.goto(t.url + "/door");
		await seen(page, "door");
		await page.goto(t.url + "/door/file");
		await seen(page, "door-file");
		await page.goto(t.url + "/door/enter");
		await seen(page, "door-enter");
		await page.goto(t.url + "/door");
		await t.language(page, "en");
		await page.click("main a[href='/door/file']");
		await page.selectOption("#type", "access");
		await page.selectOption("#identity", "email");
		await page.fill("#value", mail);
		await page.fill("#words", "Everything, please.");
		await page.click("main form button");
		await page.waitForSelector(".lead strong");
		const filed = await t.violations(page);
		t.holds("filed", filed.length === 0, filed.join("; "));
		await t.looks(page, "door-filed");
		const code = await page.textContent(".lead strong");
		await page.click("main a[href='/door/case']");
		return code;
	}

	async function proves(page, mail) {
		const known = new Set(fs.readdirSync("."));
		const before = fs.existsSync("outbox")
			? new Set(fs.readdirSync("outbox")) : known;
		await seen(page, "door-case");
		await page.click("form[action='/door/ask'] button");
		await page.fill("#code", await codeIn("outbox", before, mail));
		await page.click("form[action='/door/prove'] button");
		await page.waitForSelector("#package");
		t.holds("not made yet",
			await page.locator("form[action='/door/package']").count() === 0);
	}

	// What officers do in between; tests/web/officers.py does it in pages.
	function works(id) {
		lethe("request", "decide", id, "--outcome", "fulfil");
		lethe("request", "package", id);
		for (const [kind, language] of [["receipt", "de"], ["answer", "ja"]])
			lethe("request", "letter", id, kind, "--language", language,
				"--keep");
	}

	async function fetches(page, own) {
		await page.reload();
		await seen(page, "door-ready");
		await t.language(page, "en");
		const waiting = page.waitForEvent("download");
		await page.click("form[action='/door/package'] button");
		const download = await waiting;
		const zip = path.join(t.shots, download.suggestedFilename());
		await download.saveAs(zip);
		const text = unpacked(zip, path.join(t.shots, "unpacked"));
		t.holds("its records, and nobody else's",
			customers(text).join() === customers(own).join(),
			customers(text).join());
		t.holds("with the first layer", text.includes("<h1"));
		await page.reload();
		t.holds("one less", (await page.textContent("#package ~ dl"))
			.includes("9"));
		await page.emulateMedia({ media: "print" });
		t.holds("all letters are on paper", await page.locator(
			".paper").evaluateAll((all) => all.length === 2 &&
				all.every((p) => p.checkVisibility(
					{ contentVisibilityAuto: true }))));
		await page.pdf({ path: path.join(t.shots, "door.pdf") });
		await page.emulateMedia({ media: "screen" });
	}

	return async function journey(browser) {
		const context = await browser.newContext({ viewport: t.desktop,
			bypassCSP: true, acceptDownloads: true });
		const page = await context.newPage();
		const own = lethe("dump", "crm", "customers").split("\n")
			.find((line) => line.includes("@example.com"));
		const mail = JSON.parse(own).email;
		const code = await files(page, mail);
		const id = (await page.textContent("h1 small")).trim();
		await proves(page, mail);
		works(id);
		await fetches(page, own);
		await page.click("form[action='/door/leave'] button");
		await page.goto(t.url + "/door/enter");
		await page.fill("#case_code", code.toLowerCase());
		await page.click("main form button");
		await page.waitForURL(t.url + "/door/case");
		t.holds("back by the case code",
			(await page.textContent("h1 small")).trim() === id);
		await context.close();
	};
};
