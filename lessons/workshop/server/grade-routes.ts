import { Hono } from 'hono';
import { z } from 'zod';
import type { Env, WorkshopServer } from './context.ts';
import { countedGrades, movedGrades } from './counted-grades.ts';
import { readBody, refuse } from './refusal.ts';
import { gradesAsCsv, gradesAsJson, gradesAsJunit } from './reports.ts';

/** Grading, and what the instructor takes home. */
export function gradeRoutes(server: WorkshopServer): Hono<Env> {
  const { store, grading, now } = server;
  return new Hono<Env>()
    .post('/grade', async (context) => {
      const { again } = await readBody(context.req, z.object({ again: z.boolean() }));
      const at = now();
      if (!again) {
        const { mostAttempts } = context.var.workshop.settings;
        return context.json({ grading: await grading.everything(mostAttempts !== undefined), at }, 202);
      }
      const attempts = await grading.again();
      for (const attempt of attempts) attempt.catch(() => {});
      return context.json({ grading: attempts.length, at }, 202);
    })
    .get('/moves', async (context) => {
      const since = Number(context.req.query('since'));
      const { settings } = context.var.workshop;
      const names = new Map((await store.people()).map(({ id, name }) => [id, name]));
      const moves = movedGrades(await store.grades(), settings, since);
      return context.json(moves.map((move) => ({ ...move, name: names.get(move.personId) ?? move.personId })));
    })
    .get('/grades/:format', async (context) => {
      const { settings, title } = context.var.workshop;
      const people = await store.people();
      const grades = countedGrades(await store.grades(), settings);
      const format = context.req.param('format');
      context.header('content-disposition', `attachment; filename="grades.${format}"`);
      if (format === 'csv')
        return context.body(gradesAsCsv(people, grades, settings), 200, { 'content-type': 'text/csv; charset=utf-8' });
      if (format === 'xml')
        return context.body(gradesAsJunit(title, people, grades), 200, { 'content-type': 'application/xml' });
      if (format === 'json') return context.json(gradesAsJson(people, grades));
      return refuse(404, 'no-format', 'Grades come as csv, json or xml.');
    })
    .get('/export', (context) => {
      const encoder = new TextEncoder();
      const lines = store.exportLines()[Symbol.asyncIterator]();
      const stream = new ReadableStream({
        async pull(controller) {
          const { value, done } = await lines.next();
          if (done === true) controller.close();
          else controller.enqueue(encoder.encode(`${value}\n`));
        },
      });
      return context.body(stream, 200, {
        'content-type': 'application/x-ndjson',
        'content-disposition': 'attachment; filename="workshop.jsonl"',
      });
    });
}
