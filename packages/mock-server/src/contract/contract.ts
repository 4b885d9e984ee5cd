import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { countLazily } from './lazy-length.ts';
import { readSpec } from './specs-folder.ts';

type Json = Record<string, unknown>;

interface ParameterSpec {
  readonly name: string;
  readonly in: 'header' | 'query' | 'path';
  readonly required?: boolean;
  readonly schema?: Json;
}

/** One way in which a request is not what the OpenAPI document describes; never holds a value of the request. */
export interface ContractProblem {
  readonly where: 'header' | 'query' | 'path' | 'body';
  /** Field or header; '' for the body as a whole. */
  readonly name: string;
  readonly rule: string;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** As in the document: `/bhxh/v1/claims/{maGiaoDich}`. */
  readonly path: string;
  readonly contentTypes: readonly string[];
  checkParameters(get: (where: ParameterSpec['in'], name: string) => string | undefined): ContractProblem[];
  /** `body` is the parsed JSON, or the fields of a form. */
  checkBody(contentType: string, body: unknown): ContractProblem[];
  /** Used by tests: whether a reply is one the document allows. */
  checkReply(status: number, contentType: string | null, body: unknown): ContractProblem[];
}

export type Contract = ReadonlyMap<string, Operation>;

const METHODS = ['get', 'post', 'put', 'delete', 'patch'] as const;

/** The operations of an OpenAPI document under `specs/openapi`, by operationId; schemas compile when first used. */
export function openContract(file: string): Contract {
  const document = readSpec(`openapi/${file}`) as Json;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, coerceTypes: false });
  countLazily(ajv);
  ajv.addSchema({ $id: file, ...document });
  const follow = (node: unknown): unknown => {
    const reference = (node as Json | undefined)?.['$ref'];
    if (typeof reference !== 'string') return node;
    return follow(
      reference
        .slice(2)
        .split('/')
        .reduce<unknown>(
          (at, step) => (at as Json)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
          document,
        ),
    );
  };
  const validators = new Map<string, ValidateFunction>();
  const validate = (
    place: string,
    schema: unknown,
    value: unknown,
    where: ContractProblem['where'],
    name: string,
  ): ContractProblem[] => {
    let validator = validators.get(place);
    if (validator === undefined) {
      validator = ajv.compile(absolute(schema, file) as Json);
      validators.set(place, validator);
    }
    if (validator(value)) return [];
    const problems = (validator.errors ?? []).map((error) => ({
      where,
      name: name !== '' ? name : fieldOf(error.instancePath, error.params as Json),
      rule: error.keyword,
    }));
    return [...new Map(problems.map((problem) => [`${problem.name} ${problem.rule}`, problem])).values()];
  };

  const operations = new Map<string, Operation>();
  for (const [path, item] of Object.entries(document['paths'] as Record<string, Json>)) {
    for (const method of METHODS) {
      const spec = item[method] as Json | undefined;
      if (spec === undefined) continue;
      const id = spec['operationId'] as string;
      const parameters = ((spec['parameters'] ?? []) as unknown[]).map(
        (entry) => follow(entry) as ParameterSpec,
      );
      const bodySpec = follow(spec['requestBody']) as Json | undefined;
      const content = (bodySpec?.['content'] ?? {}) as Record<string, Json>;
      const replies = spec['responses'] as Record<string, unknown>;
      operations.set(id, {
        id,
        method: method.toUpperCase(),
        path,
        contentTypes: Object.keys(content),
        checkParameters: (get) =>
          parameters.flatMap((parameter): ContractProblem[] => {
            const text = get(parameter.in, parameter.name);
            if (text === undefined || text === '') {
              return parameter.required === true
                ? [{ where: parameter.in, name: parameter.name, rule: 'required' }]
                : [];
            }
            if (parameter.schema === undefined) return [];
            const schema = follow(parameter.schema) as Json;
            const value = schema['type'] === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
            return validate(
              `${id} ${parameter.in} ${parameter.name}`,
              parameter.schema,
              value,
              parameter.in,
              parameter.name,
            );
          }),
        checkBody(contentType, body) {
          const media = content[contentType];
          if (media === undefined) return [{ where: 'header', name: 'Content-Type', rule: 'enum' }];
          return validate(`${id} body ${contentType}`, media['schema'], body, 'body', '');
        },
        checkReply(status, contentType, body) {
          const reply = follow(replies[String(status)] ?? replies['default']) as Json | undefined;
          if (reply === undefined) return [{ where: 'body', name: String(status), rule: 'status' }];
          const media = reply['content'] as Record<string, Json> | undefined;
          if (media === undefined)
            return body === undefined || body === '' ? [] : [{ where: 'body', name: '', rule: 'empty' }];
          const schema = contentType === null ? undefined : media[contentType.split(';')[0] as string];
          if (schema === undefined) return [{ where: 'header', name: 'Content-Type', rule: 'enum' }];
          return validate(`${id} reply ${status} ${contentType}`, schema['schema'], body, 'body', '');
        },
      });
    }
  }
  return operations;
}

function fieldOf(instancePath: string, params: Json): string {
  const missing = params['missingProperty'] ?? params['additionalProperty'];
  const path = instancePath.slice(1).replaceAll('/', '.');
  if (typeof missing !== 'string') return path;
  return path === '' ? missing : `${path}.${missing}`;
}

/** References inside the document, made to name it, so that a schema can be compiled on its own. */
function absolute(node: unknown, file: string): unknown {
  if (Array.isArray(node)) return node.map((entry) => absolute(entry, file));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      key === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? [key, file + value]
        : [key, absolute(value, file)],
    ),
  );
}
