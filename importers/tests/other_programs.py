# Saves a bid as people do: as it is, as values in a new book, sorted, with rows inserted, with columns swapped, as CSV.
import copy, csv, sys
import openpyxl

source, folder = sys.argv[1], sys.argv[2]
HEADER = 4  # the row of every table's header
TABLES = ["Prices", "Requirements", "Questions"]


def save(book, name):
    book.save(f"{folder}/{name}.xlsx")


def values():
    """Sheet name -> rows of values, formulas by their stored result."""
    book = openpyxl.load_workbook(source, data_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def new_book(sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(rows, 1):
            for col, value in enumerate(cells, 1):
                if value is None:
                    continue
                cell = sheet.cell(row, col, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # a text that looks like a formula stays a text
    return book


save(openpyxl.load_workbook(source), "saved")
save(new_book(values()), "pasted")

rows = values()
for name in TABLES:
    rows[name][HEADER:] = sorted(rows[name][HEADER:], key=lambda row: str(row[2]), reverse=True)
save(new_book(rows), "sorted")

rows = values()
for name in TABLES:
    table = rows[name]
    table[HEADER + 1:HEADER + 1] = [[None], ["", None, "our own remark"], [None]]
    table[0:0] = [["Our offer"], [None], [None]]
save(new_book(rows), "inserted")

rows = values()
for name in TABLES:
    rows[name] = rows[name][:HEADER - 1] + [row[::-1] for row in rows[name][HEADER - 1:]]
save(new_book(rows), "swapped")

# The tables and the name alone, without the sheet that the template hides, the title and the counts.
rows = values()
del rows["_bid"]
for name in TABLES:
    del rows[name][2]
    del rows[name][0]
save(new_book(rows), "alone")

rows = values()
for name in TABLES:
    for encoding in ["utf-8", "utf-8-sig", "utf-16", "cp1252"]:
        continental = encoding == "cp1252"
        with open(f"{folder}/{name}-{encoding}.csv", "w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=";" if continental else ",")
            for row in rows[name]:
                fields = ["" if value is None else value for value in row]
                if continental:
                    fields = [str(v).replace(".", ",") if isinstance(v, (int, float)) else v for v in fields]
                writer.writerow(fields)
