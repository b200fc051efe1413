/// <reference types="astro/client" />

declare namespace App {
  interface Locals {
    /** The lesson that is being rendered. */
    lesson?: import('./course.ts').Lesson;
  }
}
