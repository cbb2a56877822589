import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { BUILT_IN_WORKFLOWS } from './built-in-workflows.ts'
import { checkDefinition, compileWorkflow, WorkflowDefinition } from './workflow.ts'
import type { KnownNames, WorkflowDefinitionInput } from './workflow.ts'

type Steps = WorkflowDefinitionInput['steps']

const faults = (steps: Steps, more: Partial<WorkflowDefinitionInput> = {}, known?: KnownNames) =>
  checkDefinition(WorkflowDefinition.parse({ key: 'flow', steps, ...more }), known).map(
    ({ pointer, detail }) => `${pointer} ${detail}`,
  )
const a = { key: 'a', stage: 'alpha' }
const after = (key: string, ...dependsOn: string[]) => ({ key, stage: 'alpha', dependsOn })

suite('a definition is refused by name', () => {
  const table: [what: string, found: string[], expected: string[]][] = [
    ['a key used twice', faults([a, a]), ['/steps/1/key Step key "a" is used twice']],
    [
      'an unknown stage',
      faults([a], {}, { stages: new Set(['gamma', 'beta']) }),
      ['/steps/0/stage Unknown stage "alpha"; known stages: beta, gamma'],
    ],
    [
      'a missing parent',
      faults([after('b', 'x')]),
      ['/steps/0/dependsOn/0 Step "b" depends on "x", which does not exist'],
    ],
    [
      'a step that waits for itself',
      faults([after('b', 'b')]),
      ['/steps The steps depend on each other in a circle: b → b'],
    ],
    [
      'a circle',
      faults([after('a', 'c'), after('b', 'a'), after('c', 'b')]),
      ['/steps The steps depend on each other in a circle: a → c → b → a'],
    ],
    [
      'an unknown policy',
      faults([a], { policy: { name: 'p' } }, { policies: new Set(['q']) }),
      ['/policy/name Unknown policy "p"; known policies: q'],
    ],
    [
      'a policy after nothing',
      faults([a], { policy: { name: 'p', after: 'z' } }),
      ['/policy/after The policy follows "z", which does not exist'],
    ],
    [
      'a target for what has no confidence yet',
      faults([a], { policy: { name: 'p', targetErrorRate: 0.01, sampleRate: 0.1 } }),
      [
        '/policy/targetErrorRate "targetErrorRate" needs "after": the step whose output the policy looks at',
        '/policy/sampleRate "sampleRate" needs "after": the step whose output the policy looks at',
      ],
    ],
    [
      'fields that nobody counts',
      faults([a], { policy: { name: 'p', after: 'a', fields: { required: ['mpn'] } } }),
      ['/policy/fields "fields" are counted at intake; with "after" the output of that step says how complete it is'],
    ],
    [
      'a condition on a step that is not before it',
      faults([a, { key: 'b', stage: 'alpha', when: { type: 'cel', expression: 'steps.a.x == 1' } }]),
      ['/steps/1/when The condition of "b" looks at step "a", which is not before it'],
    ],
    [
      'a value check on a step that does not exist',
      faults([{ ...a, when: { type: 'value_check', path: '$steps.zz.x', operator: 'exists' } }]),
      ['/steps/0/when The condition of "a" looks at step "zz", which is not before it'],
    ],
    [
      'an input schema that is none',
      faults([a], { inputSchema: { type: 'nonsense' } }).map((text) => text.slice(0, 12)),
      ['/inputSchema'],
    ],
  ]
  for (const [what, found, expected] of table) test(what, () => assert.deepEqual(found, expected))

  test('a condition that does not parse', () => {
    const [fault] = faults([{ ...a, when: { type: 'cel', expression: 'input.a >' } }])

    assert.match(fault!, /^\/steps\/0\/when /)
  })

  test('several faults at once', () => {
    assert.equal(faults([a, a, after('b', 'x')], { policy: { name: 'p', after: 'z' } }).length, 3)
  })
})

suite('the form of a definition', () => {
  const fits = (definition: unknown) => WorkflowDefinition.safeParse(definition).success

  test('keys that the rest of the code could trip over are refused', () => {
    for (const key of ['A', '', 'a b', '__proto__', 'constructor', `a${'b'.repeat(63)}`]) {
      assert.equal(fits({ key: 'flow', steps: [{ key, stage: 'alpha' }] }), false, key)
    }
  })

  test('a definition holds 1 to 200 steps', () => {
    const steps = (n: number) => Array.from({ length: n }, (_, i) => ({ key: `s${i}`, stage: 'alpha' }))

    assert.deepEqual(
      [0, 1, 200, 201].map((n) => fits({ key: 'flow', steps: steps(n) })),
      [false, true, true, false],
    )
  })

  test('a word that nobody knows is refused, not ignored', () => {
    assert.equal(fits({ key: 'flow', steps: [{ ...a, retrys: {} }] }), false)
    assert.equal(fits({ key: 'flow', steps: [a], onfailure: 'fail' }), false)
  })

  test('200 steps in a row are checked at once', () => {
    const steps = Array.from({ length: 200 }, (_, i) => after(`s${i}`, ...(i > 0 ? [`s${i - 1}`] : [])))

    assert.deepEqual(faults(steps), [])
  })
})

suite('a compiled workflow', () => {
  test('knows who comes before and who follows, in the order of the definition', () => {
    const steps = [a, after('b', 'a'), after('c', 'a'), after('d', 'c', 'b')]
    const workflow = compileWorkflow(WorkflowDefinition.parse({ key: 'flow', steps }), 3)

    assert.deepEqual(workflow.steps.get('d')!.ancestors, ['a', 'b', 'c'])
    assert.deepEqual(workflow.steps.get('a')!.children, ['b', 'c'])
    assert.equal(workflow.version, 3)
  })

  test('the workflows that every installation has are sound', () => {
    for (const definition of BUILT_IN_WORKFLOWS) {
      assert.deepEqual(checkDefinition(WorkflowDefinition.parse(definition)), [], definition.key)
    }
  })
})
