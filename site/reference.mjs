// The reference of each package from its docstrings, one page each: node reference.mjs
// A type that a page names and nobody can import is an error, unless it is one of `internal`.
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';

/** Of each package the types that only its own code makes, or that say no more than their definition. */
const internal = {
  core: ['BundledName', 'cascadeEngineNames'],
  edge: [
    'Amount',
    'Corner',
    'dropReasons',
    'Encode',
    'Looking',
    'LookRate',
    'Publisher',
    'Say',
    'Side',
    'SpoolEntry',
    'Told',
    'Whole',
  ],
  wire: ['Fields', 'VisitEvent'],
  cloud: [],
  view: ['Payload'],
  service: ['kinds'],
};
const path = (file) => fileURLToPath(new URL(file, import.meta.url));

for (const [name, intentionallyNotExported] of Object.entries(internal)) {
  const app = await Application.bootstrapWithPlugins({
    name: `@facepipe/${name}: reference`,
    entryPoints: [path(`../packages/${name}/dist/index.d.ts`)],
    tsconfig: path('tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    outputs: [{ name: 'markdown', path: path(`reference/${name}`) }],
    readme: 'none',
    router: 'module',
    // the page's name
    entryFileName: 'index.md',
    intentionallyNotExported,
    treatWarningsAsErrors: true,
    logLevel: 'Warn',
    excludeExternals: true,
    disableSources: true,
    hideGenerator: true,
    useHTMLAnchors: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    groupOrder: ['Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables'],
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
  });
  const project = await app.convert();
  if (!project)
    throw new Error(`@facepipe/${name}: not compiled yet, or not what TypeDoc reads; npm run build`);
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
}
