// tests/interpreters.py on Pyodide: npm install pyodide && node tests/interpreters.mjs
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const { loadPyodide, version } = createRequire(process.cwd() + "/")("pyodide");
const python = await loadPyodide();
python.mountNodeFS("/project", fileURLToPath(new URL("..", import.meta.url)));
console.log("Pyodide " + version);
python.runPython("import runpy, sys; sys.argv = ['interpreters.py']; sys.dont_write_bytecode = True");
python.runPython("runpy.run_path('/project/tests/interpreters.py', run_name='__main__')");
