import Fastify from 'fastify'
import pg from 'pg'

/** What start and memory are measured against: fastify and pg in a bare process, connected and listening. Arguments: port, socket folder. */
const [port, host] = process.argv.slice(2)
const pool = new pg.Pool({ host: host!, port: 5432, user: 'postgres', database: 'parley', max: 2 })
const app = Fastify()
app.get('/readyz', async () => (await pool.query('select 1 as ready')).rows[0])
await app.listen({ port: Number(port), host: '127.0.0.1' })
