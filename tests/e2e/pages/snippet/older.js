/**
 * A snippet as older ones are: its methods appear with `init`, which fetches the script. `init` itself is one of them, so
 * that the second one is a call like others.
 */
{
  const stub = Object.assign(window.posthog ?? [], { __SV: 1, _i: [] });
  const queueing = (queue, method) => {
    queue[method] = (...args) => {
      queue.push([method, ...args]);
    };
  };
  stub.init = (token, config, name) => {
    const script = document.createElement('script');
    script.async = true;
    script.crossOrigin = 'anonymous';
    script.src = '/hosted/static/array.js';
    document.head.append(script);
    stub.people = [];
    for (const method of ['init', 'alias', 'capture', 'identify', 'register']) queueing(stub, method);
    queueing(stub.people, 'set');
    stub._i.push([token, config, name]);
  };
  window.posthog = stub;
}
