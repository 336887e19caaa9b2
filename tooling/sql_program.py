"""Run SQL statements on one database: `sql_program.py DATABASE STATEMENT…`.

Started with the Python of `.oms/venv`; libpq's variables name the server. The rows
of the last statement are printed, one a line, tabs between the columns.
"""

import sys

import psycopg2


def main(database, *statements):
    """Run the statements one by one, without a transaction around them."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        for row in cursor.fetchall() if cursor.description else ():
            print(*row, sep="\t")
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
