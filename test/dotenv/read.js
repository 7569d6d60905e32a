// Reads dotenv files with motdotla/dotenv, from the package that the argument names: a JSON list of texts in, a JSON
// list of readings out. With a second argument, fast, it reads with that option of the package.
const { readFileSync } = require('fs')
const dotenv = require(process.argv[2])

const options = { fast: process.argv[3] === 'fast' }
const texts = JSON.parse(readFileSync(0, 'utf8'))
process.stdout.write(JSON.stringify(texts.map((text) => ({ ...dotenv.parse(text, options) }))))
