import type { Plan } from '../workflow/index.ts';
import { diagramOf } from './diagram.ts';

/** A workflow's diagram as a page of Markdown, which is committed beside its definition. */
export const diagramPage = (
  plan: Plan,
): string => `<!-- Written by "npm run generate" from ../workflow.ts. Do not edit. -->

# ${plan.name}

\`\`\`mermaid
${diagramOf(plan)}
\`\`\`

Solid arrows are the way forward. Dotted ones are the way back: a declared failure, by its name, undoes what came before; a step that fails otherwise is settled first and undone too if it happened.
`;
