import { addToCart, checkOut, start } from './analytics.js';

const settings = new URLSearchParams(location.search);
const [token, api_host] = ['token', 'api_host'].map((name) => settings.get(name));

start(token, api_host);
document.querySelector('#add').addEventListener('click', addToCart);
document.querySelector('#check-out').addEventListener('click', () => checkOut(token, api_host));
