import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** Where a deployed workflow is to be found. Written by the Workflow construct into an SSM parameter. */
export interface DeployedWorkflow {
  readonly stateMachineArn: string;
  /** The alias `live`: what everybody starts. */
  readonly liveArn: string;
  readonly undoMachineArn: string;
  /** The longest that an execution may take. Left out, Step Functions' own limit, a year. */
  readonly timeoutSeconds?: number;
  /** The table that its steps' records are in, and its dead letters. */
  readonly recordsTable?: string;
  /** The table that keeps how its executions ended. Left out, none does. */
  readonly resultsTable?: string;
}

/** There is no such workflow in this account and region. */
export class WorkflowNotDeployed extends Error {
  override readonly name = 'WorkflowNotDeployed';

  constructor(workflow: string, cause: unknown) {
    super(
      `No workflow "${workflow}" is deployed here: the parameter ${parameterName(workflow)} is missing. Check the account, the region and the name.`,
      { cause },
    );
  }
}

export const parameterName = (workflow: string): string => `/breakwater/workflows/${workflow}`;

/** @throws WorkflowNotDeployed, or what AWS answers (no permission, no credentials) */
export async function findWorkflow(ssm: SSMClient, workflow: string): Promise<DeployedWorkflow> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterName(workflow) }));
    return JSON.parse(Parameter?.Value ?? '') as DeployedWorkflow;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') throw new WorkflowNotDeployed(workflow, error);
    throw error;
  }
}
