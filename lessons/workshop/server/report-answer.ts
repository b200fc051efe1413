import type { Person, Workshop } from '../records.ts';
import { type LearnerReport, learnerReport } from '../report.ts';
import { cardOf, type WorkshopServer } from './context.ts';
import { attemptsOf, countedGrades } from './counted-grades.ts';

/** One person's report as things stand. */
export async function reportOf(server: WorkshopServer, workshop: Workshop, person: Person): Promise<LearnerReport> {
  const { store, now } = server;
  const owner = person.pairedWith ?? person.id;
  const [grades, runs, states] = await Promise.all([store.grades(owner), store.runs(owner), store.checks(owner)]);
  const begun = runs.flatMap(({ benchId, count }) => {
    const card = cardOf(server, benchId);
    return card === undefined ? [] : [{ card, inputs: count }];
  });
  const { settings } = workshop;
  const counted = countedGrades(grades, settings);
  return learnerReport(workshop, { ...person, id: owner }, counted, attemptsOf(grades, settings), begun, states, now());
}
