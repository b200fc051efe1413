import { MockExam } from './mock-exam.ts';

// What the page of the mock exam has.
customElements.define('dd-exam', MockExam);
