import hoglet from 'hoglet';

// The first address names the project, and the tab stays with it.
const token = new URLSearchParams(location.search).get('token');
if (token) sessionStorage.setItem('token', token);

hoglet.init(sessionStorage.getItem('token'), {
  api_host: location.origin,
  capture_pageview: 'history_change',
  opt_out_useragent_filter: true,
  load: 'eager',
  batch_interval: 100,
  autocapture: false,
});

window.hoglet = hoglet;
