# Every cell of a workbook as openpyxl reads it: sheet, address, type and value, as JSON lines.
import json, sys
import openpyxl

for sheet in openpyxl.load_workbook(sys.argv[1], data_only=True):
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            kind = {"n": "number", "s": "text", "str": "text", "inlineStr": "text", "b": "bool", "e": "error", "d": "date"}[cell.data_type]
            value = repr(float(cell.value)) if kind == "number" else str(cell.value)
            print(json.dumps([sheet.title, cell.coordinate, kind, value]))
