import { BASHRC } from '@drydock/engine';

/** Words that the page of an exercise answers. */
const EXERCISE_WORDS = ['goal', 'check', 'hint', 'undo', 'reset', 'solution'];
/** What is typed by those who come from elsewhere, and is not here: the page says what to do instead. */
export const ABSENT_PROGRAMS = ['docker', 'podman', 'man', 'crictl', 'minikube', 'apt'];

/** The page hears of a word by a sequence that no terminal shows. */
function told(word: string, status: number): string {
  return `${word}() { printf '\\033]777;drydock;${word}\\007'; return ${status}; }\n`;
}

const ABSENT = ABSENT_PROGRAMS.map((word) => told(word, 127)).join('');

/** The start-up file of a lesson's shell. */
export const LESSON_BASHRC = BASHRC + ABSENT;
/** The start-up file of an exercise's shell. */
export const EXERCISE_BASHRC = LESSON_BASHRC + EXERCISE_WORDS.map((word) => told(word, 0)).join('');
