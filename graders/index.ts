// The graders' door.

export type { Assertion } from './assertion.ts';
export { variantFor } from './chosen-variant.ts';
export { CourseFileError, CourseNode } from './course-file.ts';
export { holdsNow } from './evaluate.ts';
export { type Check, type Exercise, type ExerciseFolder, type Hint, learnersCluster, type Proof } from './exercise.ts';
export { type AnswerFile, type CheckResult, gradeCluster, gradeFiles, type Report } from './grade.ts';
export { gradeRun, ReplayError } from './grade-journal.ts';
export { ManifestSource, ManifestSyntaxError, type SourcePlace } from './manifest-source.ts';
export { findAll, parsePath } from './object-path.ts';
export { parseChecks } from './parse-check.ts';
export { parseExercise, parseProof } from './parse-exercise.ts';
export { type Recall, withoutWords } from './recall.ts';
export { translate, translationsOf } from './translation.ts';
export { countVariants, withVariant } from './variant.ts';
export { visibleCauses } from './why.ts';
