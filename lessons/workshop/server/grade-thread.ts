import { enableCompileCache, flushCompileCache } from 'node:module';

// What a grading thread starts with: the engine is much text, and is compiled once for all threads to come. A thread is
// ended, not left to end, so what it has compiled is kept at once. Where nothing can be written it is compiled again.

enableCompileCache();
await import('./grade-worker.ts');
flushCompileCache();
