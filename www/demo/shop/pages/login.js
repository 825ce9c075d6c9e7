// @ts-check
import { element } from '../../dom.js';
import { loggedIn } from '../analytics.js';
import { navigate, Redirect } from '../router.js';
import { nameFrom, session } from '../visitor.js';

/** @type {import('../router.js').Route} */
export function loginPage({ query }) {
  const next = query.get('next') === '/checkout' ? '/checkout' : '/account';
  if (session.visitor) return new Redirect(next);
  const logIn = (/** @type {SubmitEvent} */ submit) => {
    submit.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (submit.target));
    const email = String(form.get('email')).trim();
    const visitor = { email, name: nameFrom(email) };
    session.visitor = visitor;
    loggedIn(visitor);
    navigate(next);
  };
  return {
    title: 'Log in',
    content: element(
      'div',
      { class: 'wide narrow' },
      element('h1', {}, 'Log in'),
      element(
        'p',
        { class: 'lead' },
        'Any e-mail address and any password will do. There is no shop to send them to; the address is what hoglet ',
        'identifies you with.',
      ),
      element(
        'form',
        { class: 'form', id: 'login', onsubmit: logIn },
        element(
          'label',
          {},
          'E-mail',
          element('input', {
            type: 'email',
            name: 'email',
            required: true,
            autocomplete: 'email',
            placeholder: 'ada.lovelace@example.com',
          }),
        ),
        element(
          'label',
          {},
          'Password',
          element('input', { type: 'password', name: 'password', required: true, autocomplete: 'current-password' }),
        ),
        element('button', { class: 'button' }, 'Log in'),
      ),
    ),
  };
}
