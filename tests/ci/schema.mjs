// Holds pipeline files against GitLab's own JSON schema for them, and a component's defaults against what its header says
// of them: node schema.mjs FILE…
//
// The schema is the copy in gitlab-ci-local, which checks with it only what is left when all is included.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import Ajv from "ajv";
import { schema } from "gitlab-ci-local/src/schema/schema.js";
import yaml from "js-yaml";

const isPipeline = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

function check(name, problems) {
  console.log(`${problems.length === 0 ? "ok" : "not ok"} - ${name}${problems.map((problem) => `\n    ${problem}`).join("")}`);
}

function inSchema(document) {
  return isPipeline(document) ? [] : isPipeline.errors.map((error) => `${error.instancePath}: ${error.message}`);
}

// What gitlab-ci-local takes without a look.
function defaults(inputs) {
  return Object.entries(inputs).flatMap(([name, { default: value, description, type = "string", options, regex }]) => [
    ...(description ? [] : [`${name} has no description`]),
    ...(typeof value === type ? [] : [`${name}: ${value} is no ${type}`]),
    ...(!options || options.includes(value) ? [] : [`${name}: ${value} is none of ${options}`]),
    ...(!regex || new RegExp(regex).test(value) ? [] : [`${name}: ${value} does not match ${regex}`]),
    // It ends up in a shell.
    ...(!regex || !["a;b", "$(a)", "a\nb", "--a", "`a`", "a&b", "a|b", ""].some((bad) => new RegExp(regex).test(bad))
      ? [] : [`${name}: ${regex} lets through what the shell or relsync would take for more than a word`]),
  ]);
}

for (const path of process.argv.slice(2)) {
  const text = readFileSync(path, "utf8");
  const inputs = yaml.loadAll(text)[0].spec?.inputs;
  // Where a number is to be, the schema takes no words that stand for one.
  const filled = text.replace(/\$\[\[ inputs\.(\w+) \]\]/g, (words, name) =>
    inputs?.[name]?.type === "number" ? inputs[name].default : words);
  check(`${basename(path)} is as GitLab's schema says`, yaml.loadAll(filled).flatMap(inSchema));
  if (inputs) {
    check(`${basename(path)} has inputs whose defaults are allowed`, defaults(inputs));
    const used = new Set(text.match(/(?<=\$\[\[ inputs\.)\w+/g));
    const names = Object.keys(inputs);
    check(`${basename(path)} uses its inputs`, names.filter((name) => !used.has(name)).map((name) => `not ${name}`));
  }
}
