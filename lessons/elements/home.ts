import { CarryProgress } from './carry-progress.ts';
import { CourseProgress } from './course-progress.ts';

// What the map of the course has.
customElements.define('dd-progress', CourseProgress);
customElements.define('dd-carry', CarryProgress);
