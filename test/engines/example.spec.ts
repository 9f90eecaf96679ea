import '../../docs/examples/sqlite.engine.spec.js';
