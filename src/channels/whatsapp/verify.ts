export { verify } from '../meta/verify.ts'
