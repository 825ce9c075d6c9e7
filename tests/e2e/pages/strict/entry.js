const { default: hoglet } = await import(`/hoglet/${new URLSearchParams(location.search).get('entry')}.js`);
window.hoglet = hoglet;
