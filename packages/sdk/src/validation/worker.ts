import { parentPort, workerData } from 'node:worker_threads';
import { openSpecifications } from '../specifications/index.ts';
import { readFacts } from './checks/external-facts.ts';
import { fileSource } from './file-source.ts';
import type { VerifySignature } from './validation-setup.ts';
import { createValidator, type Validator } from './validator.ts';
import { sendError, type WorkerAnswer, type WorkerJob, type WorkerSettings } from './worker-protocol.ts';

async function makeValidator(settings: WorkerSettings): Promise<Validator> {
  const {
    specificationsFolder,
    overlay = 'none',
    now,
    verifierModule,
    accountFacility,
    factsDocument = {},
    ...rest
  } = settings;
  const verifier =
    verifierModule === undefined
      ? undefined
      : ((await import(verifierModule)) as { verifySignature: VerifySignature });
  const specifications = openSpecifications(specificationsFolder, { overlay });
  return createValidator({
    specifications,
    now: () => new Date(now),
    facts: {
      ...readFacts(factsDocument, specifications),
      ...(accountFacility === undefined ? {} : { accountFacility }),
    },
    verifySignature: verifier?.verifySignature,
    on: rest.on,
    rulesetId: rest.rulesetId,
    preview: rest.preview,
    requireSignature: rest.requireSignature,
  });
}

const validator = makeValidator(workerData as WorkerSettings);

async function answerTo({ id, file, path }: WorkerJob): Promise<WorkerAnswer> {
  try {
    return { id, report: await (await validator).validateFile(fileSource(file, path)) };
  } catch (error) {
    return { id, error: sendError(error) };
  }
}

parentPort?.on('message', (job: WorkerJob) => {
  void answerTo(job).then((answer) => parentPort?.postMessage(answer));
});
