// @ts-check
/**
 * Watches what the browser measures of a page. Fetched only if `capture_performance` wants it. What is told stands in
 * src/core/vitals.rs. The measuring is done by web-vitals, © Google LLC, under the Apache License 2.0.
 */

import { onCLS as explainCLS } from 'web-vitals/attribution/onCLS.js'
import { onFCP as explainFCP } from 'web-vitals/attribution/onFCP.js'
import { onINP as explainINP } from 'web-vitals/attribution/onINP.js'
import { onLCP as explainLCP } from 'web-vitals/attribution/onLCP.js'
import { onCLS } from 'web-vitals/onCLS.js'
import { onFCP } from 'web-vitals/onFCP.js'
import { onINP } from 'web-vitals/onINP.js'
import { onLCP } from 'web-vitals/onLCP.js'
import { attempt } from './guard.js'

/** @typedef {import('./page.js').Watched} Watched */

/** What measures a metric, and what says besides why it is what it is. @type {Record<string, [any, any]>} */
const METRICS = {
  LCP: [onLCP, explainLCP],
  CLS: [onCLS, explainCLS],
  FCP: [onFCP, explainFCP],
  INP: [onINP, explainINP],
}

/** The longest text that is told of an explanation, in UTF-16 code units. */
const MOST = 1000

/** Those who want to hear of metrics. @type {Set<Watched>} */
const pages = new Set()

/** The metrics that are measured, each once, for measuring cannot be stopped. */
const measured = new Set()

/** @param {Watched} page */
export const watchVitals = (page) => {
  if (!location.protocol.startsWith('http')) return
  pages.add(page)
  page.onEnd(() => pages.delete(page))
  const { web_vitals_allowed_metrics: allowed = Object.keys(METRICS) } = settingsOf(page)
  for (const [name, [measure, explain]] of Object.entries(METRICS)) {
    if (!allowed.includes(name) || measured.has(name)) continue
    measured.add(name)
    const start = isExplained(page, name) ? explain : measure
    start((/** @type {any} */ metric) => pages.forEach((page) => attempt('web vitals', () => tell(page, metric))))
  }
}

/** @param {Watched} page @param {any} metric */
const tell = (page, metric) => {
  const { name, value, delta, id, rating, navigationType, navigationURL, attribution } = metric
  const explanation = attribution && isExplained(page, name) ? scalars(attribution) : undefined
  const url = navigationURL || location.href
  const told = { name, value, delta, id, rating, navigationType, attribution: explanation, url, whole: Math.floor(value) }
  page.tell('vital', name, JSON.stringify(told), JSON.stringify(settingsOf(page)))
}

/** @param {Watched} page */
const settingsOf = (page) => Object(page.settings.capture_performance)

/**
 * Whether a metric is to say why it is what it is. What CLS says holds on to elements that have left the page.
 *
 * @param {Watched} page
 * @param {string} name
 */
const isExplained = (page, name) => {
  const { web_vitals_attribution: which = ['INP', 'LCP'] } = settingsOf(page)
  return which === true || (Array.isArray(which) && which.includes(name))
}

/** What is of an object that is a text or a number: the rest are elements and lists without end. @param {object} object */
const scalars = (object) => {
  const entries = Object.entries(object).filter(([, value]) => /string|number/.test(typeof value))
  return Object.fromEntries(entries.map(([key, value]) => [key, typeof value == 'string' ? value.slice(0, MOST) : value]))
}
