import java.sql.*;
import java.util.*;

/** Uses the server through pgjdbc: Jdbc.java <url> <user> <password>; prints a line for each thing that was seen. */
public class Jdbc {
    public static void main(String[] arguments) throws SQLException {
        try (Connection db = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
            DatabaseMetaData metadata = db.getMetaData();
            System.out.println("product " + metadata.getDatabaseProductName());
            try (Statement statement = db.createStatement()) {
                statement.execute("DROP SCHEMA IF EXISTS jdbc CASCADE");
                statement.execute("CREATE SCHEMA jdbc");
                statement.execute("CREATE TABLE jdbc.parent (id INT PRIMARY KEY, name VARCHAR(20))");
                statement.execute("CREATE TABLE jdbc.child (id INT REFERENCES jdbc.parent, at TIMESTAMP, d DECIMAL(8, 2))");
            }
            insertInBatches(db);
            readInPortions(db);
            System.out.println("tables " + names(metadata.getTables(null, "jdbc", "%", new String[] {"TABLE"}), "TABLE_NAME"));
            System.out.println("columns " + names(metadata.getColumns(null, "jdbc", "child", "%"), "COLUMN_NAME"));
            System.out.println("types " + names(metadata.getColumns(null, "jdbc", "child", "%"), "TYPE_NAME"));
            System.out.println("key " + names(metadata.getPrimaryKeys(null, "jdbc", "parent"), "COLUMN_NAME"));
            System.out.println("imported " + names(metadata.getImportedKeys(null, "jdbc", "child"), "PKTABLE_NAME"));
            System.out.println("schemas " + names(metadata.getSchemas(null, "jdbc"), "TABLE_SCHEM"));
        }
    }

    /** Runs one prepared statement often enough that the driver keeps it on the server. */
    static void insertInBatches(Connection db) throws SQLException {
        db.setAutoCommit(false);
        try (PreparedStatement insert = db.prepareStatement("INSERT INTO jdbc.parent VALUES (?, ?)")) {
            for (int number = 0; number < 20; number++) {
                insert.setInt(1, number);
                insert.setString(2, number % 2 == 0 ? "even" : null);
                insert.addBatch();
            }
            System.out.println("inserted " + Arrays.stream(insert.executeBatch()).sum());
        }
        db.commit();
        try (PreparedStatement insert = db.prepareStatement("INSERT INTO jdbc.child VALUES (?, ?, ?)")) {
            insert.setInt(1, 1);
            insert.setTimestamp(2, Timestamp.valueOf("2018-11-01 21:01:46.796"));
            insert.setBigDecimal(3, new java.math.BigDecimal("1.50"));
            System.out.println("updated " + insert.executeUpdate());
        }
        db.rollback();
    }

    /** Reads through a portal, a few rows at a time. */
    static void readInPortions(Connection db) throws SQLException {
        try (PreparedStatement query = db.prepareStatement("SELECT id, NVL(name, 'odd') FROM jdbc.parent WHERE id >= ? ORDER BY 1")) {
            query.setFetchSize(3);
            for (int turn = 0; turn < 8; turn++) {
                query.setInt(1, 10);
                int rows = 0;
                try (ResultSet found = query.executeQuery()) {
                    while (found.next()) {
                        rows++;
                    }
                }
                if (turn == 7) {
                    System.out.println("read " + rows);
                }
            }
        }
        db.commit();
        db.setAutoCommit(true);
    }

    static List<String> names(ResultSet found, String column) throws SQLException {
        List<String> names = new ArrayList<>();
        while (found.next()) {
            names.add(found.getString(column));
        }
        return names;
    }
}
