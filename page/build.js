// Bundles the libraries of the page, with their licences, into the folder given.
import { build } from "esbuild";
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const folder = process.argv[2];
const used = ["preact", "htm"];

const version = (name) => JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8")).version;
const named = used.map((name) => `${name} ${version(name)}`).join(", ");

mkdirSync(folder, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["preact.js"],
  outfile: join(folder, "preact.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  banner: { js: `/* ${named}; licences in LICENSES.txt beside this file */` },
});
const licences = used.map((name) => {
  const text = readFileSync(join(here, "node_modules", name, "LICENSE"), "utf8").trim();
  return `${name} ${version(name)}\n${"=".repeat(60)}\n\n${text}\n`;
});
writeFileSync(join(folder, "LICENSES.txt"), licences.join("\n\n"));
