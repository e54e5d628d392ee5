# SPDX-License-Identifier: Apache-2.0
"""A Spark session in a process of its own, whose environment holds no key of any store.

    with Spark(directory, {"spark.sql.catalog.x": ...}) as spark: spark("SELECT 1") == [[1]]

Run as a program it is that process: settings come as its argument, statements as lines of JSON, answers go out as such.
"""
import json
import os
import pathlib
import subprocess
import sys

MARK = "answer "  # Spark prints to the same stream
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
}


def environment_without_keys(home):
    """What this process has, but for whatever names keys, or files with keys, of a store."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SKEP_S3_"))}
    return {**kept, "HOME": str(home)}


class SparkError(Exception):
    pass


class Spark:
    def __init__(self, directory, settings, java_options=""):
        self.directory = pathlib.Path(directory)
        self.settings = {
            **SETTINGS, "spark.jars": os.environ["SPARK_JARS"], "spark.local.dir": str(self.directory),
            "spark.sql.warehouse.dir": f"{self.directory}/warehouse",
            "spark.driver.extraJavaOptions": f"-XX:TieredStopAtLevel=1 -Dderby.system.home={self.directory} {java_options}".strip(), **settings}
        self.environment = environment_without_keys(self.directory)
        self.log = self.directory / "spark.log"

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, json.dumps(self.settings)], cwd=self.directory, env=self.environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __call__(self, statement):
        """The rows of a statement; SparkError with the whole chain of causes."""
        self.process.stdin.write(json.dumps(statement) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith(MARK):
                answer = json.loads(line.removeprefix(MARK))
                if "error" in answer:
                    raise SparkError(answer["error"])
                return answer["rows"]
        raise SparkError(f"Spark ended\n{self.log.read_text(errors='replace')[-4000:]}")


def causes(error):
    """What Java says of an error, and of what caused it."""
    java = getattr(error, "_origin", None) or getattr(error, "java_exception", None)
    said = [str(error)]
    while java is not None:
        said.append(java.toString())
        java = java.getCause()
    return "\n".join(said)


def serve(settings):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("skep")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("WARN")
    for line in sys.stdin:
        try:
            answer = {"rows": [list(row) for row in session.sql(json.loads(line)).collect()]}
        except Exception as error:  # whatever it is, the test judges it
            answer = {"error": causes(error)}
        print(MARK + json.dumps(answer, default=str), flush=True)
    session.stop()


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
