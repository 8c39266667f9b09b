export { diagramOf } from './diagram.ts';
export { diagramPage } from './diagram-page.ts';
