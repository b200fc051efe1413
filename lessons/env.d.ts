/// <reference types="astro/client" />

declare namespace App {
  interface Locals {
    /** The lesson that is being rendered. */
    lesson?: import('./course.ts').Lesson;
    /** What its commands print; each takes its own away. */
    printed?: import('./check/walk.ts').Printed[];
  }
}
