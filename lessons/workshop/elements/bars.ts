import { MirrorBar } from './mirror-bar.ts';
import { WorkshopBar } from './workshop-bar.ts';

// What a bench has above it in a workshop, loaded only there.
customElements.define('dd-workshop-bar', WorkshopBar);
customElements.define('dd-mirror-bar', MirrorBar);

export { MirrorBar, WorkshopBar };
