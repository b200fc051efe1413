import { Hono } from 'hono';
import type { Env, WorkshopServer } from './context.ts';
import { refuse } from './refusal.ts';
import { countedGrades, gradesAsCsv, gradesAsJson, gradesAsJunit } from './reports.ts';

/** Grading, and what the instructor takes home. */
export function gradeRoutes(server: WorkshopServer): Hono<Env> {
  const { store, benches } = server;
  return new Hono<Env>()
    .post('/grade', async (context) => {
      const runs = await store.runs();
      const exercises = runs.filter(({ benchId }) => benches.get(benchId)?.exercise !== undefined);
      void Promise.all(exercises.map(({ personId, benchId }) => server.regrade(personId, benchId).catch(() => {})));
      return context.json({ grading: exercises.length }, 202);
    })
    .get('/grades/:format', async (context) => {
      const { settings, title } = context.var.workshop;
      const people = await store.people();
      const grades = countedGrades(await store.grades(), settings);
      const format = context.req.param('format');
      context.header('content-disposition', `attachment; filename="grades.${format}"`);
      if (format === 'csv')
        return context.body(gradesAsCsv(people, grades), 200, { 'content-type': 'text/csv; charset=utf-8' });
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
