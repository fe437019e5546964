// An auditor's way through the pages, on a phone and without scripts: the log
// is verified, an entry has its proof, and a certificate that leaves the site
// says the same to a program that has nothing but the key.
const fs = require("fs");
const path = require("path");
const { execFileSync } = require("child_process");

module.exports = function auditor(t) {
	const lethe = (...words) =>
		execFileSync(t.lethe, words, { encoding: "utf8", stdio: "pipe" });

	async function verifies(page) {
		await page.goto(t.url + "/verification");
		await page.click("form[action='/verification'] button");
		for (let i = 0; i < 150; i++) {
			if (!await page.locator("#work").count())
				break;
			await new Promise((r) => setTimeout(r, 200));
			await page.click("a[href='/verification'] >> nth=-1");
		}
		const last = await page.textContent("#last ~ dl");
		t.holds("verified by the auditor", last.includes("user:rita"), last);
		return last;
	}

	async function reads(page) {
		await page.goto(t.url + "/audit?action=log_verified");
		await page.click("table.rows a >> nth=0");
		const entry = await page.textContent("#text ~ p");
		t.holds("the entry", entry.includes('"action":"log_verified"') &&
			entry.includes('"role":"auditor"'), entry);
		t.holds("with its proof", (await page.textContent("#proof ~ .paper"))
			.startsWith("c2sp.org/tlog-proof@v1"));
	}

	async function certifies(page) {
		await page.goto(t.url + "/certificates");
		await page.click("table.rows a >> nth=0");
		const [file] = await Promise.all([page.waitForEvent("download"),
			page.click("a[href$='/certificate.json']")]);
		const kept = path.join(t.folder, "certificate.json");
		await file.saveAs(kept);
		const key = lethe("audit", "checkpoint", "--vkey").trim();
		const said = lethe("audit", "verify", kept, "--vkey", key);
		t.holds("the certificate holds elsewhere", said.length > 0, said);
		const text = fs.readFileSync(kept, "utf8");
		const digit = text.match(/"records": ?(\d)/);
		if (!digit)
			return t.holds("it counts records", false, text);
		fs.writeFileSync(kept, text.replace(digit[0],
			digit[0].replace(/\d$/, (d) => String((Number(d) + 1) % 10))));
		let refused = "";
		try {
			lethe("audit", "verify", kept, "--vkey", key);
		} catch (e) {
			refused = e.stderr;
		}
		t.holds("and not once it was changed", refused.length > 0);
	}

	return async function journey(browser) {
		const context = await browser.newContext({ viewport: t.phone,
			javaScriptEnabled: false, acceptDownloads: true });
		const page = await context.newPage();
		await t.signIn(page, "rita");
		await verifies(page);
		await reads(page);
		await certifies(page);
		await page.goto(t.url + "/requests");
		t.holds("nobody's case", (await page.textContent("main"))
			.includes("role"));
		await context.close();
	};
};
