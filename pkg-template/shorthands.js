// @ts-check
/** Methods of the client that are others of its methods with some words filled in. */

/** @typedef {Pick<import('./client.js').Client, 'capture' | 'setPersonProperties' | 'set_config'>} Client */

export const shorthands = {
  /** @this {Client} */
  setInternalOrTestUser() {
    this.setPersonProperties({ $internal_or_test_user: true })
  },

  /** @this {Client} @param {boolean} [on] */
  debug(on = true) {
    this.set_config({ debug: on })
  },

  /** @this {Client} @param {any} [wanted] */
  startExceptionAutocapture(wanted = true) {
    this.set_config({ capture_exceptions: wanted })
  },

  /** @this {Client} */
  stopExceptionAutocapture() {
    this.set_config({ capture_exceptions: false })
  },

  /** @this {Client} @param {string | number} id of the trace @param {string} text */
  captureTraceFeedback(id, text) {
    this.capture('$ai_feedback', { $ai_trace_id: String(id), $ai_feedback_text: text })
  },

  /** @this {Client} @param {string | number} id of the trace @param {string} name @param {string | number | boolean} value */
  captureTraceMetric(id, name, value) {
    this.capture('$ai_metric', { $ai_trace_id: String(id), $ai_metric_name: name, $ai_metric_value: String(value) })
  },
}
