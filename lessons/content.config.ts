import { defineCollection } from 'astro:content';
import { MAX_CONTROL_PLANES, RELEASES } from '@drydock/engine';
import type { Check } from '@drydock/graders';
import { glob } from 'astro/loaders';
import { z } from 'astro/zod';
import { type CourseExercise, exerciseLoader } from './exercise-loader.ts';
import { FIRST_ID } from './i18n/language.ts';

/** What a lesson or an exercise may say about the cluster it starts with; the rest is the engine's choice. */
const cluster = z
  .strictObject({
    seed: z.string().optional(),
    metricsServer: z.boolean().optional(),
    nvidiaDevicePlugin: z.boolean().optional(),
    storage: z.boolean().optional(),
    kubernetesVersion: z.enum(RELEASES).optional(),
    controlPlanes: z.number().int().min(1).max(MAX_CONTROL_PLANES).optional(),
    workers: z
      .array(
        z.strictObject({
          name: z.string().optional(),
          cpu: z.string().optional(),
          memory: z.string().optional(),
          gpus: z.number().int().optional(),
          labels: z.record(z.string(), z.string()).optional(),
        }),
      )
      .optional(),
  })
  .default({});

/** A lesson is known as `<language>/<slug>`. */
const generateId = ({ entry }: { entry: string }) => entry.replace('/lessons/', '/').replace(/\.mdx$/, '');

const lessons = defineCollection({
  loader: glob({ base: './lessons/i18n', pattern: `${FIRST_ID}/lessons/*.mdx`, generateId }),
  schema: z.object({
    title: z.string(),
    /** The question the lesson answers; its first line. */
    question: z.string(),
    /** One sentence for the map on the home page. */
    summary: z.string(),
    minutes: z.number().int().positive(),
    /** Its row in the syllabus, which is also its place in the course. */
    row: z.number().int().positive(),
    /** Its place among the lessons of that row. */
    order: z.number().default(0),
    cluster,
    /** Files in the learner's home directory. */
    files: z.record(z.string(), z.string()).default({}),
    /** What the lesson asks the learner to bring about, as the graders' checks. */
    checks: z.array(z.custom<Check>((check) => typeof (check as Check)?.id === 'string')).default([]),
  }),
});

/** A lesson in another language: cluster, files and checks are those of the first. */
const translations = defineCollection({
  loader: glob({ base: './lessons/i18n', pattern: ['*/lessons/*.mdx', `!${FIRST_ID}/**`], generateId }),
  schema: z.strictObject({
    title: z.string(),
    question: z.string(),
    summary: z.string(),
    /** Titles of the checks by their id. */
    checks: z.record(z.string(), z.string()).default({}),
    /** Files that hold words, e.g. in comments. */
    files: z.record(z.string(), z.string()).default({}),
  }),
});

const exercises = defineCollection({
  loader: exerciseLoader('./exercises'),
  // The loader has checked it, with better messages than a schema gives.
  schema: z.custom<CourseExercise>(),
});

export const collections = { lessons, translations, exercises };
