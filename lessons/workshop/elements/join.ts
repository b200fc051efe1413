import { JoinForm } from './join-form.ts';

customElements.define('dd-join', JoinForm);
