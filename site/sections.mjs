/**
 * The site's contents, in the order in which somebody needs them: name and address of each page. That of a package is
 * its README; those of functions and types are made by `reference.mjs`.
 */
export const sections = [
  {
    text: 'See it',
    pages: [
      ['The first hour', '/docs/start'],
      ['The page', '/docs/page'],
      ['Visits: one picture each', '/docs/visits'],
      ['Why a face was sent', '/docs/explain'],
      ['When something is wrong', '/docs/symptoms'],
    ],
  },
  {
    text: 'Recipes',
    pages: [
      ['My camera', '/docs/recipes/cameras'],
      ['My broker', '/docs/recipes/brokers'],
      ['My bucket', '/docs/recipes/buckets'],
      ['Home Assistant, Node-RED, Grafana', '/docs/recipes/home'],
      ['From the coursework', '/docs/recipes/coursework'],
    ],
  },
  {
    text: 'Set it up',
    pages: [
      ['Cameras', '/docs/cameras'],
      ['Sources that last', '/docs/sources'],
      ['Detection', '/docs/detection'],
      ['Images', '/docs/images'],
      ['Compose', '/docs/compose'],
      ['Kubernetes', '/docs/kubernetes'],
    ],
  },
  {
    text: 'Run it',
    pages: [
      ['Operate', '/docs/operate'],
      ['Security', '/docs/security'],
      ['What is promised', '/docs/promises'],
      ['Delivery', '/docs/delivery'],
      ['Delivery under faults', '/docs/delivery-faults'],
      ['Alternatives', '/docs/alternatives'],
      ['Support and releases', '/docs/support'],
    ],
  },
  {
    text: 'Look it up',
    pages: [
      ['Commands', '/docs/commands'],
      ['Errors', '/docs/errors'],
      ['Questions', '/docs/questions'],
      ['Glossary', '/docs/glossary'],
      ['Messages: @facepipe/wire', '/packages/wire/'],
    ],
  },
  {
    text: 'Build with it',
    pages: [
      ['The detector: @facepipe/core', '/packages/core/'],
      ['Runtimes and bundlers', '/docs/runtimes'],
      ['The pipeline: @facepipe/edge', '/packages/edge/'],
      ['The sink: @facepipe/cloud', '/packages/cloud/'],
      ['The page: @facepipe/view', '/packages/view/'],
      ['Shared parts: @facepipe/service', '/packages/service/'],
      ['The command: facepipe', '/packages/cli/'],
    ],
  },
  {
    text: 'Functions and types',
    pages: [
      ['@facepipe/core', '/reference/core/'],
      ['@facepipe/edge', '/reference/edge/'],
      ['@facepipe/wire', '/reference/wire/'],
      ['@facepipe/cloud', '/reference/cloud/'],
      ['@facepipe/view', '/reference/view/'],
      ['@facepipe/service', '/reference/service/'],
    ],
  },
  {
    text: 'How it works',
    pages: [
      ['Architecture', '/docs/architecture'],
      ['The kernel', '/docs/kernel'],
      ['The same boxes as OpenCV', '/docs/detection-exactness'],
      ['Speed', '/docs/speed'],
      ['Reading a camera', '/docs/speed-camera'],
    ],
  },
];
