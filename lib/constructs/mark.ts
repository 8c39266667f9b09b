import type { Construct } from 'constructs';

/** What a construct of ours is, as it stands in the cloud assembly's manifest for tools that read it. */
export interface Mark {
  readonly kind: 'platform' | 'atom' | 'workflow' | 'admission';
  /** The contract or workflow that it stands for. */
  readonly name: string;
}

/** The type of the metadata entry. */
export const MARK = 'breakwater';

/** Says in the cloud assembly what a construct is: `breakwater explain` finds by it what belongs to us. */
export function mark(construct: Construct, what: Mark): void {
  construct.node.addMetadata(MARK, what);
}
