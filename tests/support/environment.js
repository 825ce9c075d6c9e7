/** What the test command tells the tests through the environment. */

/** The value of an environment variable that the tests cannot do without. */
export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run \`cargo xtask test\`, which builds what the tests need`);
  return value;
}
