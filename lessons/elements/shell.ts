import { CourseProgress } from './course-progress.ts';
import { ThemeChoice } from './theme-choice.ts';

// What every page has.
customElements.define('dd-theme', ThemeChoice);
customElements.define('dd-progress', CourseProgress);
