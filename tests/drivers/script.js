/**
 * Scripts that run in a page. Arguments and results cross as JSON text, made by the engine that
 * runs, so that all three drivers carry the same values: WebDriver and BiDi each have their own
 * idea of `undefined`, of `NaN` and of objects that are there twice.
 */

/**
 * The text of an expression that evaluates to a promise of JSON text, and never rejects.
 *
 * @param {Function | string} script A function, called with the arguments, or an expression.
 * @param {unknown[]} args
 */
export function scriptText(script, args) {
  const call =
    typeof script === 'function'
      ? `(${script})(...${JSON.stringify(args)})`
      : `(${script})`;
  return `(async () => {
    try {
      return JSON.stringify({ value: await ${call} });
    } catch (error) {
      const stack = error instanceof Error ? error.stack : undefined;
      return JSON.stringify({ error: String(error), stack });
    }
  })()`;
}

/** The value that a script's JSON text stands for; throws what the script threw, as an Error. */
export function scriptValue(text) {
  const result = JSON.parse(text);
  if ('error' in result) {
    const error = new Error(`in the page: ${result.error}`);
    if (result.stack) error.stack = `${error.message}\n${result.stack}\nfrom ${error.stack}`;
    throw error;
  }
  return result.value;
}

/** The script in one line, for messages. */
export function scriptTitle(script, args) {
  const title = String(script).replaceAll(/\s+/g, ' ');
  return args.length > 0 ? `${title} with ${JSON.stringify(args)}` : title;
}
