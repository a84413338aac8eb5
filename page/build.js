// Builds what is kept in the package: the libraries of the page with their licences, into the folder given first, and
// the app that assistants show, into the file given second.
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const here = import.meta.dirname;
const [vendored, app] = process.argv.slice(2);
const used = ["preact", "htm"];

const read = (...parts) => readFileSync(join(here, ...parts), "utf8");
const version = (name) => JSON.parse(read("node_modules", name, "package.json")).version;

/** The app has no address, so another module stands for the one that knows it. */
const withoutAddress = {
  name: "without-address",
  setup: (one) => one.onResolve({ filter: /\/router\.js$/ }, () => ({ path: join(here, "app", "router.js") })),
};

async function bundle(entry, banner, plugins = []) {
  const options = { absWorkingDir: here, entryPoints: [entry], bundle: true, minify: true, format: "esm", target: "es2022", write: false, legalComments: "none" };
  const { outputFiles } = await build({ ...options, plugins, banner: { js: `/* ${banner} */` } });
  return outputFiles[0].text;
}

function libraries() {
  const named = used.map((name) => `${name} ${version(name)}`).join(", ");
  return bundle("preact.js", `${named}; licences in LICENSES.txt beside this file`);
}

function licences() {
  return used.map((name) => `${name} ${version(name)}\n${"=".repeat(60)}\n\n${read("node_modules", name, "LICENSE").trim()}\n`).join("\n\n");
}

/** One file that loads nothing: the script and the style are in it. */
async function page() {
  const script = await bundle("app/main.js", `@modelcontextprotocol/ext-apps ${version("@modelcontextprotocol/ext-apps")} and what it needs, MIT`, [withoutAddress]);
  const style = read("..", "session_buddy", "web", "static", "page.css");
  const parts = { "/* style */": style, "/* script */": script.replaceAll("</script", "<\\/script") };
  return Object.entries(parts).reduce((text, [place, part]) => text.replace(place, () => part), read("app", "app.html"));
}

mkdirSync(vendored, { recursive: true });
mkdirSync(dirname(app), { recursive: true });
writeFileSync(join(vendored, "preact.js"), await libraries());
writeFileSync(join(vendored, "LICENSES.txt"), licences());
writeFileSync(app, await page());
