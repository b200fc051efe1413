/** What a page says that lies in a course of a learning management system. */
export const packaged = {
  standing: (percent: number) => `Your course has: ${percent} %`,
  passed: (percent: number) => `Your course has: ${percent} %, passed`,
  looking: 'You are looking: nothing is reported to your course.',
  alone: 'No course was found around this page. What you do here is reported to nobody.',
  unreachable: (reason: string) =>
    `Your course does not answer (${reason}). What you do here is reported to nobody; open it from your course again.`,
  refused: 'Your course did not take what was reported last. It is tried again with your next step.',
  back: 'Back to the course',
};

export type PackageWords = typeof packaged;
