import { fetchLateParts } from '@drydock/engine/tools';

// The first module that the engine's thread comes to, so that kubectl and the other tools are on their way while the engine is
// still being unpacked and the line would be idle. Whether they came is heard by whoever starts a cluster.
for (const part of Object.values(fetchLateParts())) part.catch(() => {});
