// @ts-check
/**
 * The entry `hoglet`: a client that keeps what is asked of it until the core has arrived, and answers from what earlier visits
 * have stored.
 *
 * Everything in this file is on the app's critical path, in 1,536 bytes: it holds only what cannot wait, `arriving.js` what can,
 * and names are told apart by what is in them. What it answers stands in the README; `tests/e2e/before_core.test.js` walks that.
 */

/** @typedef {import('./replaying.js').Call} Call */

/** The clients by their names; a member of the exported one each. @type {any} */
const clients = {}
const hasPage = typeof document == 'object'
/** @type {any} */
let loading
/** @type {(core: any) => void} */
let arrive
/** The core. It does not fail to come, it only takes its time. */
const arrival = new Promise((resolve) => (arrive = resolve))

/** @param {() => any} read @param {any} [otherwise] */
const attempt = (read, otherwise) => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

/** What JSON says, or what is none. @param {any} text */
const json = (text) => text && attempt(() => JSON.parse(text), text)

/** Has the rest of the entry, which sees to what has to be seen to. @param {any} [arrive] takes the core, if that is to be fetched */
const arriving = (arrive) =>
  import('./arriving.js')
    .then((part) => part.expect(primary, arrive))
    // What waits goes on waiting, and the visitor's next interaction tries again.
    .catch(() => (loading = 0))

const load = () => (loading ||= arriving(arrive))

/** @param {string} own the client's name @param {any} members what it has at all times @returns {any} */
const create = (own, members) => {
  /** @type {any} */
  const config = {}
  /** The visitor's choice, and the settings as JSON behind it. @type {any} */
  let text
  /** The real client, once it is there. @type {any} */
  let client
  /** Reads what earlier visits have stored, once somebody asks: the first look at storage takes a page several milliseconds. @type {any} */
  let know
  /** Who the visitor is. @type {any} */
  let id
  /** Whether nothing is to be minted, stored or sent: the visitor has refused, or the core has to look. */
  let refused = true
  /** What is listened to until then. @type {[string, (event: any) => void][]} */
  const heard = []
  /** What is stored of the visitor and their flags, and what is bootstrapped. @type {any} */
  let visitor = {}
  /** What was asked for before, in order. @type {Call[]} */
  const calls = []

  /** @param {[string, (event: any) => void]} event */
  const on = (...event) => /** @type {any} */ (addEventListener)(...event, true, heard.push(event))

  /** A uuid of version 7; empty if nothing is to be minted. */
  const mint = () =>
    refused
      ? ''
      : '0' + (+new Date()).toString(16).replace(/.{7}/, '$&-') + '-7000-8000-' + ((Math.random() + 1) * 2 ** 52).toString(16).slice(2)

  /**
   * What is stored under a name, the place that counts most last. Where there is nothing, nothing is thrown: the first error of a
   * page takes it milliseconds, too.
   *
   * @param {string} name
   * @returns {any[]}
   */
  const stored = (name) =>
    [
      () => sessionStorage[name],
      () => decodeURIComponent((document.cookie + name + '=').split(name + '=')[1].split(';')[0]),
      () => localStorage[name],
    ].map((read) => json(attempt(read)))

  /** @param {string} method @param {any[]} args @returns {Call} */
  const keep = (method, args) => {
    // What the app changes in its objects after the call does not belong to the call.
    const [event, properties, options] = args.map(
      (argument) => attempt(() => argument.constructor == Object && { ...argument }) || argument,
    )
    const call = {
      uuid: options?.uuid || mint(),
      properties,
      hidden: document.hidden,
      url: document.URL,
      timestamp: new Date(),
      title: document.title,
      referrer: document.referrer,
      event,
      method,
      options,
    }
    calls.push(call)
    return call
  }

  /**
   * What methods do and answer, by what their names contain: the first that fits. `this` is the call.
   *
   * @type {Record<string, (this: any, ...args: any[]) => any>}
   */
  const rules = {
    init(token, _, other) {
      if (other && other != own) {
        this.method = ''
        return (clients[other] ??= create(other, {})).init(token, this.properties)
      }
      if (hasPage && !config.token) {
        Object.assign(config, this.properties, { token })
        const name = 'ph_' + (config.persistence_name || token + '_posthog')
        const choice = () => stored('__ph_opt_in_out_' + token).join('')
        know = () => {
          know = null
          text = choice() + attempt(() => JSON.stringify(config))
          // `0`, `false` or `no`; cookieless; what only the core can tell; and whoever has not agreed where that is asked for.
          refused = /^[0fn]|eless_mode":"a|dnt":t|^[^1ty].*(eless_mode":"|g_by_default":t|nt_p|ie_pr)/.test(text)
          visitor = Object.assign({}, ...stored(name), ...stored(name + '__flags'), config.bootstrap)
          id = visitor.distinctID || visitor.distinct_id || (this.uuid = mint())
        }
        // The page is left before the core has come: a later page's core makes the calls that can wait for it.
        on('pagehide', () =>
          attempt(() => {
            know?.()
            // Another page may have heard of a refusal by now.
            if (refused || /^[0fn]|ence":"[ms]|able_(pe|co)/i.test(choice() + text)) return
            localStorage['hoglet_calls_' + token + '_' + mint()] = calls
              .map((call) => attempt(() => JSON.stringify(call)))
              .join('\n')
            if (this.uuid) localStorage[name] ||= JSON.stringify({ distinct_id: this.uuid })
          }),
        )
        // What `loaded` does belongs to the first pageview. If it fails, the core says so.
        this.until = attempt(() => (config.loaded?.(hoglet), calls.length))
        if (config.load != 'manual') {
          on('click', (event) => /** @type {any} */ (load)(keep('$click', [event, event.composedPath()])))
          on('keydown', load)
          on('visibilitychange', load)
          if (config.load == 'eager') load()
          // Safari has no idle callbacks.
          else window.requestIdleCallback?.(arriving) ?? setTimeout(arriving, 200)
        }
      }
      return hoglet
    },
    d_out: () => !!text && refused,
    nct_id: () => id,
    '^(is|get)F.*[dgt]$'(key, options) {
      // Bootstrapped flags take the place of stored ones, if there are any.
      const value = {
        __proto__: null,
        ...visitor[/ureFlags":{"/.test(text) ? 'featureFlags' : '$enabled_feature_flags'],
      }[options?.fresh ? 0 : key]
      const payload = json(visitor[/ureFlags":{"/.test(text) ? 'featureFlagPayloads' : '$feature_flag_payloads']?.[key])
      // isFeatureEnabled, getFeatureFlag, …Payload and …Result by the fourth letter from their end.
      return value == null
        ? options?.defaultValue
        : /** @type {any} */ ({
            F: value,
            b: !!value,
            l: payload,
            s: { key, payload, enabled: !!value, variant: value.at && value },
          })[this.method.at(-4)]
    },
    '^flu|gsR|^sh|nc$'(timeout) {
      return arriving().then((part) => !!part && part.settle(this, load(), calls, timeout))
    },
    pture$() {
      if (this.uuid) return this
    },
    '^opt_i'() {
      refused = !text || /eless_|dnt":t/.test(text)
    },
    'is_|d_in': () => !refused,
    opt_o() {
      refused = true
    },
    '^get.*gs$': () => [],
    t_con(changes) {
      Object.assign(config, changes)
    },
    '^on|get[ER]'() {
      return () => {
        this.answer?.()
        this.method = ''
      }
    },
    '^reset$'() {
      id = this.uuid
      visitor = {}
    },
    identify(next) {
      // By a bootstrapped `true`, or by `identified` of the state that is stored.
      if (id != next && /ie|tr/.test(visitor.isIdentifiedID + '' + visitor.$user_state)) visitor = {}
      id = next + ''
      visitor.isIdentifiedID = true
    },
    'get(Fl|G)': () => ({}),
    '_id|_url': () => '',
    '^(is|g|re|set|st|deb|a[dl]|c[alr]|[ou][npv])': () => {},
  }

  /** @type {any} */
  const hoglet = new Proxy(
    Object.assign(members, {
      load,
      ready: arrival.then(({ Client }) => (client = new Client(hoglet, own, primary)).replay(calls, heard)),
    }),
    {
      get(_, /** @type {any} */ name) {
        const contains = (/** @type {string} */ pattern) => String(name).match(pattern)
        const rule = Object.keys(rules).find(contains)
        return (
          members[name] ??
          (client
            ? client.member(name)
            : rule
              ? // Which of the two answers is seen when it is called, for an app may hold on to a method.
                (/** @type {any[]} */ ...args) =>
                  client
                    ? client.member(name)(...args)
                    : attempt(() => {
                        know?.()
                        return rules[rule].apply(
                          hasPage && !/^(is|has|get[^ER])/.test(name) ? keep(name, args) : { method: name },
                          args,
                        )
                      })
              : contains('^peo|^fe')
                ? hoglet
                : /** @type {any} */ ({ config, _events_queue: calls })[name])
        )
      },
    },
  )
  return hoglet
}

const primary = create('posthog', clients)

export { primary as default }
