// tests/interpreters.py on Pyodide: npm install pyodide && node tests/interpreters.mjs
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const { loadPyodide, version } = createRequire(process.cwd() + "/")("pyodide");
const python = await loadPyodide();
python.mountNodeFS("/project", fileURLToPath(new URL("..", import.meta.url)));
console.log("Pyodide " + version);
process.exitCode = python.runPython(`
import runpy, sys
sys.argv = ["interpreters.py"]
sys.dont_write_bytecode = True
try:
    runpy.run_path("/project/tests/interpreters.py", run_name="__main__")
except SystemExit as left:
    status = int(left.code)
status  # without one, an error: the script ends by itself with a status
`);
