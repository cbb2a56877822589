import { SETS } from './sets.ts'
import { LOOK_UPS, testFloors } from './test-floors.ts'

testFloors(Object.keys(SETS).filter((name) => name !== LOOK_UPS))
