import { BoardView } from './board-view.ts';

customElements.define('dd-board', BoardView);
