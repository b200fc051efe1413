import { BenchElement } from './bench-element.ts';
import { CheckState } from './check-state.ts';
import { ClusterClock } from './cluster-clock.ts';
import { ClusterPicture } from './cluster-picture.ts';
import { ExerciseGoals, ExerciseHints } from './exercise-goals.ts';
import { FilesPanel } from './files-panel.ts';
import { ObjectInspector } from './object-inspector.ts';
import { PredictQuestion } from './predict-question.ts';
import { LitWords, OpenFile, RunCommand } from './run-command.ts';
import { ShellTerminal } from './shell-terminal.ts';

// What a page with a bench has. The parts of the bench are defined before the bench, which makes them.
customElements.define('dd-cluster', ClusterPicture);
customElements.define('dd-clock', ClusterClock);
customElements.define('dd-terminal', ShellTerminal);
customElements.define('dd-editor', FilesPanel);
customElements.define('dd-inspector', ObjectInspector);
customElements.define('dd-bench', BenchElement);
customElements.define('dd-run', RunCommand);
customElements.define('dd-open', OpenFile);
customElements.define('dd-lit', LitWords);
customElements.define('dd-predict', PredictQuestion);
customElements.define('dd-check', CheckState);
customElements.define('dd-goals', ExerciseGoals);
customElements.define('dd-hints', ExerciseHints);
