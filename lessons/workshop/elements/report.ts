import { ReportView } from './report-view.ts';

customElements.define('dd-report', ReportView);
